"""
FreeSWITCH by its event socket (ESL): one TCP connection, commands and events as text.

Written from what is publicly known of it and tested with transcripts of our own making only.
"""
