"""
FreeSWITCH by its event socket (ESL): one TCP connection, commands and events as text.

Written from FreeSWITCH's public documentation and tested with replayed transcripts only.
"""
