#!/usr/bin/env bash
# fetch.sh ASSIGNMENT LAB FOLDER: the notebooks of a GitHub Classroom assignment as FOLDER/<login>/<lab>/<notebook>, each
# with a timestamp.txt of GitHub's own time of the last push (commits carry the time of the student's computer).
set -euo pipefail
assignment=$1 lab=$2 folder=$3
[[ $assignment =~ ^[0-9]+$ && $lab =~ ^lab[0-9]{2}$ ]] || { echo "usage: fetch.sh 12345 lab03 FOLDER" >&2; exit 2; }
clones=$(mktemp -d)
trap 'rm -rf "$clones"' EXIT
mkdir -p "$folder"
gh api --paginate "assignments/$assignment/accepted_assignments" \
  --jq '.[] | .repository.full_name as $repo | .students[] | [.login, $repo] | @tsv' |
while IFS=$'\t' read -r login repository; do
  clone="$clones/${repository//\//_}"
  # no hooks, no filters, no submodules: what is cloned is only copied
  [[ -d $clone ]] || git clone --quiet --depth 1 -c core.symlinks=false -c "credential.helper=!gh auth git-credential" \
    "https://github.com/$repository.git" "$clone" < /dev/null || { echo "$login: cannot be cloned" >&2; continue; }
  pushed=$(gh api "repos/$repository" --jq .pushed_at < /dev/null)
  target="$folder/$login/$lab"
  mkdir -p "$target"
  # the student's own copy lies in work/ or at the top; labs/ has the blank one
  find "$clone" -maxdepth 2 -type f -name "$lab*.ipynb" -not -path "$clone/labs/*" -exec cp -n {} "$target/" \;
  date -u -d "$pushed" "+%Y-%m-%d %H:%M:%S UTC" > "$target/timestamp.txt"
done
