"""Pages of collecting dues: appointment orders, payment registers, the cash desk."""
