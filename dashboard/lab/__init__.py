"""The Lab: write strategies, run under the same conditions and compared by the rows they leave."""
