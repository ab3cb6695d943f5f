"""Files that a browser keeps: their kind, their name, and a drawing as the kind of picture asked for."""

from starlette.responses import Response

from app.core.raster import png_of

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "json": "application/json",
    "graphml": "application/xml",
    "gexf": "application/xml",
    "png": "image/png",
    "zip": "application/zip",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def file_of(content: str | bytes, name: str) -> Response:
    """A download; its kind is told by the end of its name."""
    headers = {"Content-Disposition": f'attachment; filename="{name.replace(" ", "-")}"'}
    written = content.encode() if isinstance(content, str) else content
    return Response(written, media_type=MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)


def picture_file(drawing: str, name: str) -> Response:
    """A drawing as an SVG, or as a PNG where the name ends so."""
    return file_of(png_of(drawing) if name.endswith(".png") else drawing, name)
