"""The admin API of a testbed: JSON over HTTP on a listener of its own, with an OpenAPI document."""
