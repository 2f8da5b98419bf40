"""A small organisation on the stand-in GitHub with the bot at work: a producer, two consumers, those who decide.

The demo tells its story on it, and the end-to-end tests hold it to it.
"""
