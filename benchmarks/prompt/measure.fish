# Times what fish does before a prompt: see measure.bash. fish has no clock, so a
# program tells the time, which takes a part of what is measured.

emit fish_prompt
set -g times (seq $COUNT)
set -g pairs (seq $PAIRS)
set -g batches (seq $BATCHES)

function batch # START COUNT
    set -l each (math --scale=0 "($(date +%s%N) - $argv[1]) / $argv[2]")
    if test -z "$least" || test $each -lt $least
        set -g least $each
    end
end

for place in (string split -n ' ' -- "$UNCHANGED")
    set -l parts (string split -m 1 = -- $place)
    cd $parts[2]; or exit 1
    emit fish_prompt
    emit fish_prompt
    set -g least
    for number in $batches
        set -l start (date +%s%N)
        for each in $times
            emit fish_prompt
        end
        batch $start $COUNT
    end
    echo $parts[1] $least
end
for place in (string split -n ' ' -- "$MOVES")
    set -l parts (string split -m 1 = -- $place)
    set -g least
    for number in 0 $batches
        set -l start (date +%s%N)
        for each in $pairs
            cd $parts[2]
            emit fish_prompt
            test "$FOO" = "$EXPECTED"; or exit 1
            cd $OUTSIDE
            emit fish_prompt
            test -z "$FOO"; or exit 1
        end
        test $number = 0; or batch $start $PAIRS
    end
    echo $parts[1] $least
end
