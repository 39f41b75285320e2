"""
Asterisk by its REST interface (ARI): commands over HTTP, events over a WebSocket.

Written from Asterisk's public documentation and tested with replayed transcripts only.
"""
