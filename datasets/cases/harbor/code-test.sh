#!/bin/bash
# The reward is the file that check-code.mjs writes; without one the trial has no score.
mkdir -p /logs/verifier
node /tests/check-code.mjs
