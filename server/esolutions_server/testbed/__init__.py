"""What a server has only as a testbed: a clock to be set, faults, bodies of messages, snapshots, namespaces."""
