"""Throughline."""

import os

# openpyxl takes lxml where another library brought it along, and then passes over entities without a word. With
# defusedxml it refuses them. It asks once, when it is first imported.
os.environ["OPENPYXL_LXML"] = "False"
