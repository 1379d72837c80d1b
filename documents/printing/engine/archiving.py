"""Turns a tagged PDF into one for the archive: PDF/A-2u and PDF/UA-1 in one file (ISO 19005-2, ISO 14289-1).

WeasyPrint writes one variant only. What a PDF/A needs besides is added here: the meaning of its colours, metadata that
are readable without decompression, and an identifier of the file.
"""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf

#: Metadata with both variants. PDF/A knows no properties of PDF/UA, so the file describes them itself.
_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdf:Producer>{producer}</pdf:Producer>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def archived(pdf: bytes) -> bytes:
    """Return the PDF as PDF/A-2u that is still PDF/UA-1; the same for the same PDF, and for its own result."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        info = opened.docinfo
        metadata = _METADATA.format(
            producer=escape(str(info.get("/Producer", ""))), title=escape(str(info.get("/Title", "")))
        )
        opened.Root.Metadata = pikepdf.Stream(
            opened, metadata.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        colours = pikepdf.Stream(opened, _colour_profile(), N=3)
        opened.Root.OutputIntents = pikepdf.Array(
            [
                opened.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.OutputIntent,
                        S=pikepdf.Name.GTS_PDFA1,
                        OutputConditionIdentifier=pikepdf.String("sRGB IEC61966-2.1"),
                        DestOutputProfile=opened.make_indirect(colours),
                    )
                )
            ]
        )
        _end_unmistakably(opened)
        return written(opened)


def written(opened: pikepdf.Pdf) -> bytes:
    """Return the PDF as a file, reproducibly; streams stay as they are."""
    data = b""
    for mode in (pikepdf.ObjectStreamMode.generate, pikepdf.ObjectStreamMode.disable):
        kept = io.BytesIO()
        opened.save(
            kept,
            object_stream_mode=mode,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            deterministic_id=True,
        )
        data = kept.getvalue()
        # How the streams of objects end cannot be chosen, only to have none.
        if b"\r\nendstream" not in data:
            break
    return data


def _end_unmistakably(opened: pikepdf.Pdf) -> None:
    """Encode streams whose last byte is a carriage return in letters.

    Together with the line feed that follows it would be read as one end of line, and the stream as a byte too short.
    """
    for part in opened.objects:
        if isinstance(part, pikepdf.Stream) and part.read_raw_bytes().endswith(b"\r"):
            filters = part.get("/Filter", pikepdf.Array())
            letters = base64.a85encode(part.read_raw_bytes(), adobe=True).removeprefix(b"<~")
            known = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
            part.write(letters, filter=pikepdf.Array([pikepdf.Name.ASCII85Decode, *known]))


@cache
def _colour_profile() -> bytes:
    """Return the profile of sRGB that comes with WeasyPrint, found without loading it (ADR 7)."""
    found = find_spec("weasyprint")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("weasyprint")
    return (Path(found.origin).parent / "pdf" / "sRGB2014.icc").read_bytes()
