"""Limits: what each door may set, and how far a reader's statement may go."""

import re
from typing import Final

from sinks.clickhouse.embedded.calls import listed
from sinks.clickhouse.embedded.refusal import unsettable

READER_LIMITS: Final = {
    "max_execution_time": 10,
    "max_result_rows": 1_000_000,
    "max_result_bytes": 256 << 20,
    "max_memory_usage": 1 << 30,
    "max_threads": 2,
}
"""In force for every reader, who may only ask for less; a limit of 0 would be none."""

HARMLESS: Final = listed(
    "cancel_http_readonly_queries_on_client_close cast_string_to_dynamic_use_inference date_time_input_format"
    " date_time_output_format extremes join_use_nulls max_block_size max_rows_to_read session_timezone"
    " result_overflow_mode use_client_time_zone"
)
OUTPUT: Final = re.compile(r"(output_format|format_csv|input_format_null)_[a-z0-9_]+")
WRITER: Final = re.compile(
    r"(insert|async_insert|input_format|min_insert_block_size|max_insert_block_size|max_partitions_per_insert)[a-z0-9_]*"
    r"|allow_suspicious_low_cardinality_types|fsync_metadata|mutations_sync|alter_sync|wait_for_async_insert"
)

INTERFACE: Final = listed(
    "query database user password default_format query_id session_id session_timeout session_check quota_key role"
    " buffer_size wait_end_of_query client_protocol_version enable_http_compression send_progress_in_http_headers"
    " http_headers_progress_interval_ms http_zlib_compression_level compress decompress stacktrace close_session"
    " tower_networks"
)
"""What the interface itself takes and the engine never sees."""


def checked(name: str, value: str, writes: bool) -> str:
    """The value, if this door may set it; raises Refusal."""
    if name in READER_LIMITS and not writes:
        return lowered(name, value)
    if name in READER_LIMITS or name in HARMLESS or OUTPUT.fullmatch(name) or (writes and WRITER.fullmatch(name)):
        return value
    raise unsettable(f"setting {name} is not open here")


def lowered(name: str, value: str) -> str:
    """A limit that is lower than ours; raises Refusal."""
    limit = READER_LIMITS[name]
    if not re.fullmatch(r"[0-9]{1,18}", value) or not 0 < int(value) <= limit:
        raise unsettable(f"setting {name} is {value}: readers may ask for 1 to {limit}")
    return value
