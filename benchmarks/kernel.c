/* What a processor can do at most: in how many reviews a plane of the first and one of the second both are. Of planes
   with themselves each two are compared once, and nothing is written below the diagonal. */
#include <stddef.h>
#include <stdint.h>

void shared(const uint64_t *first, size_t n_first, const uint64_t *second, size_t n_second, size_t words,
            int64_t *counts)
{
    for (size_t at = 0; at < words; at += 2048) {
        size_t end = at + 2048 < words ? at + 2048 : words;
        for (size_t i = 0; i < n_first; i++)
            for (size_t j = first == second ? i : 0; j < n_second; j++) {
                const uint64_t *a = first + i * words, *b = second + j * words;
                int64_t count = 0;
                for (size_t word = at; word < end; word++)
                    count += __builtin_popcountll(a[word] & b[word]);
                counts[i * n_second + j] += count;
            }
    }
}
