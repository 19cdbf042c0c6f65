"""An example for each command, which its help ends with. A test parses all of them."""

from typing import Final

EXAMPLES: Final = {
    "workspace create": "registry workspace create --name Acme --plan business",
    "workspace list": "registry workspace list --stack client-registry --aws-region eu-west-1",
    "workspace show": "registry workspace show WORKSPACE",
    "workspace update": "registry workspace update WORKSPACE --plan agency",
    "workspace usage": "registry workspace usage WORKSPACE --days 30",
    "credential create": (
        "registry credential create --workspace WORKSPACE --contract paytrum --name billing"
    ),
    "credential list": "registry credential list --workspace WORKSPACE",
    "credential show": "registry credential show CREDENTIAL",
    "credential rotate": "registry credential rotate CREDENTIAL --overlap 14",
    "credential revoke": "registry credential revoke CREDENTIAL",
    "client show": "registry client show CLIENT --workspace WORKSPACE",
    "client find": "registry client find --workspace WORKSPACE --email ar@acme.com",
    "client history": "registry client history CLIENT --workspace WORKSPACE --json",
    "payment-method attach": (
        "registry payment-method attach --workspace WORKSPACE --customer CLIENT"
        " --type card --token tok_1 --brand visa --last4 4242 --exp-month 4 --exp-year 2030"
    ),
    "payment-method set-default": (
        "registry payment-method set-default METHOD --workspace WORKSPACE --customer CLIENT"
    ),
    "payment-method detach": (
        "registry payment-method detach METHOD --workspace WORKSPACE --customer CLIENT"
    ),
    "payment-method list": "registry payment-method list --workspace WORKSPACE --customer CLIENT",
    "move pull": (
        "registry move pull --from paytrum --url https://api.paytrum.example"
        " --workspace WORKSPACE --dry-run"
    ),
    "move verify": (
        "registry move verify --from paytrum --url https://api.paytrum.example"
        " --workspace WORKSPACE"
    ),
    "move status": "registry move status --workspace WORKSPACE",
    "move import": ("registry move import --from paytrum --workspace WORKSPACE clients.jsonl"),
    "move finish": "registry move finish --from paytrum --workspace WORKSPACE",
    "export": ("registry export --workspace WORKSPACE --format csv --as paytrum --out clients.csv"),
    "match list": "registry match list --workspace WORKSPACE --verdict possible",
    "match evaluate": (
        "registry match evaluate people.csv --truth person --column surname=last_name --region GB"
    ),
    "merge preview": "registry merge preview SURVIVOR ABSORBED --workspace WORKSPACE",
    "merge do": "registry merge do SURVIVOR ABSORBED --workspace WORKSPACE",
    "merge undo": "registry merge undo MERGE --workspace WORKSPACE",
    "merge sure": "registry merge sure --workspace WORKSPACE --dry-run",
    "consents export": "registry consents export --workspace WORKSPACE --client CLIENT",
    "consents verify": "registry consents verify --workspace WORKSPACE",
    "erasure create": (
        "registry erasure create CLIENT --workspace WORKSPACE --reason 'asked to be forgotten'"
    ),
    "erasure show": "registry erasure show JOB --workspace WORKSPACE",
    "erasure verify": "registry erasure verify receipt.json --workspace WORKSPACE",
    "erasure replay": "registry erasure replay --workspace WORKSPACE receipt.json",
    "views check": "registry views check --workspace WORKSPACE --repair",
    "views rebuild": "registry views rebuild --workspace WORKSPACE",
    "views redrive": "registry views redrive --stack client-registry",
    "webhook create": (
        "registry webhook create --workspace WORKSPACE --contract registry"
        " --url https://acme.example/hooks --type client.created --type client.updated"
    ),
    "webhook list": "registry webhook list --workspace WORKSPACE",
    "webhook delete": "registry webhook delete WEBHOOK --workspace WORKSPACE",
    "webhook rotate": "registry webhook rotate WEBHOOK --workspace WORKSPACE",
    "webhook test": "registry webhook test WEBHOOK --workspace WORKSPACE",
    "webhook deliveries": "registry webhook deliveries WEBHOOK --workspace WORKSPACE --limit 10",
    "webhook retry": "registry webhook retry WEBHOOK EVENT --workspace WORKSPACE",
    "webhook skip": "registry webhook skip WEBHOOK EVENT --workspace WORKSPACE",
    "logs": "registry logs paytrum --follow --stack client-registry",
}
"""By the command's words, without `registry`."""
