"""Live views: how everything is now, in Redis or Valkey, written from OUTCOMES in steps that are whole or not there."""

from sinks.views.reader import Views
from sinks.views.writer import ViewsWriter

__all__ = ["Views", "ViewsWriter"]
