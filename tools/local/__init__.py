"""The local stack: template.yaml deployed onto an AWS emulator on this machine."""
