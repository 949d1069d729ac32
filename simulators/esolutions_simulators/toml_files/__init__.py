"""TOML files that people write: read by the keys of a struct, each mistake told with its place."""
