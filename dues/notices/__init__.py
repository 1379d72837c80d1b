"""Payment notices with the QR code of ГОСТ Р 56042-2014."""
