"""
A small telephone switch of our own (内置软交换): SIP in, browsers as telephones, key tones, stereo recording.

It does media only: it tells what happened as `CallEvent`s and does what verbs say. Everything inside is
G.711 μ-law at 8 kHz in frames of 20 ms, which telephones and browsers both speak: nothing is transcoded
but A-law, by a table. For demonstrations, tests and small offices; one process, one core.
"""
