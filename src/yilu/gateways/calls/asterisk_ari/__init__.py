"""
Asterisk by its REST interface (ARI): commands over HTTP, events over a WebSocket.

Tested with transcripts of our own making, and on a real Asterisk 16 where one is installed.
"""
