"""Ends the server within seconds of Ctrl-C or SIGTERM.

uvicorn waits without a limit for answers that are being sent, and Streamlit sets none: a browser that leaves in the
middle of one would keep the server alive. All data is written in transactions, so nothing is lost.
"""

import os
import signal
import threading
from types import FrameType

GRACE_S = 5.0
"""Seconds in which answers and scripts may end by themselves."""


def end_soon() -> None:
    """Let both signals also end the process after GRACE_S. Only the main thread can do so."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            _limit(number)


def _limit(number: signal.Signals) -> None:
    served = signal.getsignal(number)

    def ending(received: int, frame: FrameType | None) -> None:
        last = threading.Timer(GRACE_S, os._exit, (0,))
        last.daemon = True
        last.start()
        if callable(served):
            served(received, frame)

    signal.signal(number, ending)
