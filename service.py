"""Baosong (报送): the command line and the daemon.

Worker processes import this file again when they start, so everything heavy stands behind the question who asks.
"""

if __name__ == "__main__":
    import sys

    from flow.commands.line import main

    sys.exit(main())
