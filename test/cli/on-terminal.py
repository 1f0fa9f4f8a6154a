"""Runs a command on a terminal of its own: on-terminal.py COLUMNS ROWS INTERRUPT_AFTER_TEXT COMMAND... Prints what it wrote, exits as it did."""

import fcntl
import os
import pty
import signal
import struct
import sys
import termios

columns, rows, interrupt_after = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[4], sys.argv[4:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
seen = b""
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    if interrupt_after and interrupt_after in seen:
        # As the terminal does it when somebody presses Ctrl-C.
        os.write(terminal, b"\x03")
        interrupt_after = b""
sys.stdout.buffer.write(seen)
sys.stdout.flush()
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
