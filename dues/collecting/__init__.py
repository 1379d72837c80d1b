"""Collecting dues in cells: orders that appoint collectors, payment registers, cash receipt orders, the cash desk."""
