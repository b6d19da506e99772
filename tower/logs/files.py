"""A log as segment files: one folder, one writer, any number of readers in any process.

See segment.py for the format. The writer puts down the committed number only after its sync, and readers never pass it.
"""

from tower.logs.bell import wait_any
from tower.logs.files_reader import FileReader
from tower.logs.files_writer import SEGMENT_BYTES, FileWriter

__all__ = ["SEGMENT_BYTES", "FileReader", "FileWriter", "wait_any"]
