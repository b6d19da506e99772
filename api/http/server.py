"""Server: uvicorn's, that says when it can be asked."""

from socket import socket

import uvicorn

from api.supervisor import tell


class Server(uvicorn.Server):
    """Says `api ready` once it listens."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started:
            tell("api ready")
