"""
Asterisk by its REST interface (ARI): commands over HTTP, events over a WebSocket.

Written from what is publicly known of it and tested with transcripts of our own making only.
"""
