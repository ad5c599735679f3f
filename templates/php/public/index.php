<?php

declare(strict_types=1);

function greeting(string $name): string
{
    return "hello from {$name}\n";
}

echo greeting(mb_convert_case('php', MB_CASE_UPPER) . ' ' . PHP_VERSION);
