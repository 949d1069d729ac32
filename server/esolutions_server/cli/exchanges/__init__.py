"""Exchanges on the command line: listed and followed, and written for people."""
