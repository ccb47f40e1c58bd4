"""Papers prepared for the applicant from what they told us (F39): PDF to print, Word to adjust."""
