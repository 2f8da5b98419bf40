"""Questions to the graph: who uses this, can it go, what is unbacked. Pure: a graph and a day come in, an answer out.

The answers are plain values that also travel as JSON between a server and its clients, so their fields are an
interface: they may be added to, never renamed. A consumer that must not be named is counted, and nothing else of it is
told.
"""
