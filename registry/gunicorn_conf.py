"""The web server's settings: gunicorn --config python:registry.gunicorn_conf registry.wsgi."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A list of 10 MB over a slow line, or a paper of some pages; long work is done by the job worker.
timeout = 60
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
# Path without the query: what people search for is personal data and stays out of every log.
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
accesslog = "-" if os.environ.get("ACCESS_LOG") else None
