"""The same stories while GitHub, the network or the bot itself fails: they end as they do without."""
