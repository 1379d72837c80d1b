"""Papers printed, consents signed and marked, wordings of the consent."""
