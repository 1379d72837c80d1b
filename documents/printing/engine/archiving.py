"""Conversion of a tagged PDF for the archive: PDF/A-2u and PDF/UA-1 in one file (ISO 19005-2, ISO 14289-1).

WeasyPrint writes only one of the variants. This module adds the requirements of PDF/A: a colour profile, uncompressed
metadata, and an identifier of the file.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf

#: Metadata that declare both variants. PDF/A does not define the properties of PDF/UA, so the file describes them.
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

#: Start of an object with a dictionary as written by qpdf, and end of a stream.
_BEGIN, _END = b" 0 obj\n<< ", b"\nendstream"


def archived(pdf: bytes) -> bytes:
    """Return the PDF as PDF/A-2u and PDF/UA-1; the result is reproducible, and converting it again changes nothing."""
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
        return written(opened)


def written(opened: pikepdf.Pdf) -> bytes:
    """Write the PDF reproducibly and return its bytes; uncompressed streams are compressed, others are not changed."""
    kept = io.BytesIO()
    opened.save(
        kept,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        deterministic_id=True,
    )
    return _ended(kept.getvalue())


def _ended(pdf: bytes) -> bytes:
    """Return the PDF with an extra line end after each stream whose last byte is a carriage return.

    Readers would treat that byte and the following line feed as one line end, and the stream as one byte too short. The
    added byte replaces a space in the stream's dictionary, so that the offsets in the file's cross-reference table
    remain valid.
    """
    *streams, rest = pdf.split(b"\r" + _END)
    begun = (stream.rpartition(_BEGIN) for stream in streams)
    return b"".join([*(head + begin.rstrip() + part + b"\r\r" + _END for head, begin, part in begun), rest])


@cache
def _colour_profile() -> bytes:
    """Return the sRGB profile of WeasyPrint, without importing WeasyPrint (ADR 7)."""
    found = find_spec("weasyprint")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("weasyprint")
    return (Path(found.origin).parent / "pdf" / "sRGB2014.icc").read_bytes()
