#!/bin/sh
# rustc for the lessons: cargo starts it for each crate of this workspace
# (RUSTC_WORKSPACE_WRAPPER). A lesson's flags come last, behind those of
# .cargo/config.toml, so that its relocation model wins.
case " $* " in
*" --crate-name lesson_"*) exec "$@" -C "relocation-model=$LESSON_MODEL" ;;
*) exec "$@" ;;
esac
