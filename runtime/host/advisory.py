"""Codes of advisory messages: 1 to 16 as the original documents them, ours from 1001 on."""

from __future__ import annotations

from typing import Final

INVALID_SESSION: Final = 1
INVALID_CHANNEL: Final = 3
INVALID_EVENT: Final = 4
INVALID_POINT: Final = 5
FIRST_SEGMENTATION_FAILED: Final = 6
SEGMENTATION_FAILED: Final = 7
PROFILE_FAILED: Final = 8
SUPPRESSION_FAILED: Final = 9
UNKNOWN_COMMAND: Final = 10
PARAMETERS_FAILED: Final = 11
SYSTEM_LOG_FAILED: Final = 12
EVENT_LOG_FAILED: Final = 13
CHANNEL_LOOK_UP_FAILED: Final = 15

INVALID_AUDIENCE: Final = 1001
UNKNOWN_TREATMENT: Final = 1002
NOTHING_TO_LOG: Final = 1003
WRONG_ARGUMENT: Final = 1004
NOT_DONE: Final = 1005
STORE_FAILED: Final = 1006
NOT_COUNTED: Final = 1007
LOOKED_INTO: Final = 1008
NOT_ADMITTED: Final = 1010
TOO_MANY: Final = 1011
BUG: Final = 1012

INVALID_SESSION_TEXT: Final = "Request received an invalid session id"
"""Clients look for this text, and start a session again."""
LOG_FAILED: Final = frozenset({SYSTEM_LOG_FAILED, EVENT_LOG_FAILED})
"""Something could not be written to the history."""
