"""The printers of this site: what they are, what state they are in, and which of their readings may be billed."""
