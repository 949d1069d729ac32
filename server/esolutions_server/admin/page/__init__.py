"""The live page: what a testbed sees and how its clock goes, in a browser; every change is a form."""
