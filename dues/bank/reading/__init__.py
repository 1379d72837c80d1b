"""Reading of bank statements: 1CClientBankExchange."""
