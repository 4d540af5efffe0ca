#!/bin/bash
# The reward is the file that check.ts writes; without one the trial has no score.
mkdir -p /logs/verifier
cd /target && node --import tsx /tests/harbor/check.ts
