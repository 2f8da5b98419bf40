"""`python -m bot` is `countersign`."""

import sys

from bot.cli import main

sys.exit(main())
