"""An SMTP server on loopback that appends every mail it receives to a file, one JSON object a line.

    smtp_sink.py MAILS PORT_FILE

MAILS gets `{"from": "...", "to": ["..."], "data": "..."}` a mail, on the disk before the sender is told that it was
accepted. PORT_FILE gets the number of the free port, once the server listens.
"""

import asyncio
import json
import os
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    """Writes down what it is given."""

    def __init__(self, path):
        self.mails = open(path, "a", encoding="utf-8")

    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": envelope.content.decode("utf-8", errors="replace"),
        }
        self.mails.write(json.dumps(mail) + "\n")
        self.mails.flush()
        os.fsync(self.mails.fileno())
        return "250 OK"


async def serve(mails, port_file):
    sink = Sink(mails)
    loop = asyncio.get_running_loop()
    factory = lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True, loop=loop)
    server = await loop.create_server(factory, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with open(port_file + ".tmp", "w", encoding="ascii") as file:
        file.write(str(port))
    os.rename(port_file + ".tmp", port_file)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
