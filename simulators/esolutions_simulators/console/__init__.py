"""Where the text of this program meets the streams of the system."""
