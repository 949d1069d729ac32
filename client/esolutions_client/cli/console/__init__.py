"""The program's two streams: what is printed, how it is made safe, and the exit code at the end."""
