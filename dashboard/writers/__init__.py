"""The two write paths of the system: the tracking path and the analysis path.

Submit and Lab's "as it is" strategies use the same code. They differ in how a statement is made.
"""
