"""Where a story takes place: in one process, or over real sockets. The story cannot tell which."""
