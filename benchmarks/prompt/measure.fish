# Times what fish does before a prompt: see measure.bash. fish has no clock, so a
# program tells the time, which takes a part of what is measured.

emit fish_prompt
set -g times (seq $COUNT)
set -g pairs (seq $PAIRS)

function nanoseconds # START COUNT
    math --scale=0 "($(date +%s%N) - $argv[1]) / $argv[2]"
end

for place in (string split -n ' ' -- "$UNCHANGED")
    set -l parts (string split -m 1 = -- $place)
    cd $parts[2]; or exit 1
    emit fish_prompt
    emit fish_prompt
    set -l start (date +%s%N)
    for number in $times
        emit fish_prompt
    end
    echo $parts[1] (nanoseconds $start $COUNT)
end
for place in (string split -n ' ' -- "$MOVES")
    set -l parts (string split -m 1 = -- $place)
    set -l start
    for number in 0 $pairs
        test $number = 1; and set start (date +%s%N)
        cd $parts[2]
        emit fish_prompt
        test "$FOO" = "$EXPECTED"; or exit 1
        cd $OUTSIDE
        emit fish_prompt
        test -z "$FOO"; or exit 1
    end
    echo $parts[1] (nanoseconds $start $PAIRS)
end
