"""The graph of factors as files for other programs; networkx and Gephi read them."""

import io
import json
from xml.etree.ElementTree import Element, SubElement

import networkx as nx

from app.patterns.connections.graph import FactorGraph, node_link


def graph_json(graph: FactorGraph) -> bytes:
    """The node-link form of networkx, D3 and others."""
    return json.dumps(node_link(graph), ensure_ascii=False, indent=1, sort_keys=True).encode()


def graphml(graph: FactorGraph) -> bytes:
    out = io.BytesIO()
    # The writer of the standard library, whatever else is installed: the same graph gives the same bytes.
    nx.write_graphml_xml(graph, out)
    return out.getvalue()


def gexf(graph: FactorGraph) -> bytes:
    """With what the graph says of itself in the description of the file: GEXF knows no attributes of a whole graph."""
    writer = nx.readwrite.gexf.GEXFWriter()
    writer.add_graph(graph)
    told = ". ".join(f"{name}: {words}".rstrip(".") for name, words in graph.graph.items())
    _describe(writer.xml, told)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _describe(file: Element, told: str) -> None:
    """Puts a description into the head of the file, and leaves the day of writing out: it says nothing of the data."""
    meta = next(part for part in file if part.tag.endswith("meta"))
    meta.attrib.clear()
    SubElement(meta, "description").text = told


WRITERS = {"json": graph_json, "graphml": graphml, "gexf": gexf}
