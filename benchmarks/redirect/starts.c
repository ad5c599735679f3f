/* Starts programs in turns and prints what each start took, in microseconds, a line a
 * round. It is linked statically, for it runs where only the programs' own system is.
 *
 *     starts ROUNDS PROGRAM... -- ARGUMENT...     all get the same arguments */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { MOST = 8, WARM_UP = 20 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static double start(char *program, char **arguments, const posix_spawn_file_actions_t *quiet)
{
    char *const environment[] = {"PATH=/usr/bin", "LANG=C.UTF-8", NULL};
    int status;
    pid_t child;
    arguments[0] = program;
    double before = now();
    if (posix_spawn(&child, program, quiet, NULL, arguments, environment))
        status = -1;
    else
        waitpid(child, &status, 0);
    double took = now() - before;
    if (status) {
        fprintf(stderr, "%s: failed\n", program);
        exit(1);
    }
    return took;
}

int main(int count, char **words)
{
    double took[MOST];
    int rounds = atoi(words[1]), programs = 0;
    char **first = words + 2;
    while (programs < MOST && 2 + programs < count && strcmp(first[programs], "--"))
        programs++;
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    for (int file = 0; file < 3; file++)
        posix_spawn_file_actions_addopen(&quiet, file, "/dev/null", O_RDWR, 0);
    for (int round = -WARM_UP; round < rounds; round++) {
        /* Each round begins with another. */
        for (int i = 0; i < programs; i++) {
            int which = (i + round + WARM_UP) % programs;
            took[which] = start(first[which], first + programs, &quiet);
        }
        for (int i = 0; round >= 0 && i < programs; i++)
            printf("%.1f%c", took[i], i + 1 < programs ? ' ' : '\n');
    }
    return 0;
}
