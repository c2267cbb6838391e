/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include <stdarg.h>
#include <stdbool.h>

#define UART_DR ((volatile uint32_t *)UART_BASE)
#define UART_FR ((volatile uint32_t *)(UART_BASE + 0x18))
#define FR_TXFF (1u << 5)

#define SYS_GET_CMDLINE 0x15

uint64_t semihosting_call(uint64_t operation, void *block);

struct field {
	bool left, zero;
	unsigned width;
};

static void put_char(char c)
{
	while (*UART_FR & FR_TXFF)
		;
	*UART_DR = (unsigned char)c;
}

static void put_padded(const char *text, const struct field *field)
{
	unsigned length = 0;

	while (text[length])
		length++;
	for (unsigned i = length; !field->left && i < field->width; i++)
		put_char(field->zero ? '0' : ' ');
	for (unsigned i = 0; i < length; i++)
		put_char(text[i]);
	for (unsigned i = length; field->left && i < field->width; i++)
		put_char(' ');
}

static void put_number(uint64_t value, unsigned base, bool negative, const struct field *field)
{
	char text[24];
	unsigned i = sizeof(text) - 1;

	text[i] = '\0';
	do {
		text[--i] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		text[--i] = '-';
	put_padded(text + i, field);
}

/* The flags and the width at *at, which is moved past them. */
static struct field read_field(const char **at)
{
	struct field field = {0};

	for (; **at == '-' || **at == '0'; (*at)++) {
		field.left |= **at == '-';
		field.zero |= **at == '0';
	}
	for (; **at >= '0' && **at <= '9'; (*at)++)
		field.width = field.width * 10 + (unsigned)(**at - '0');
	return field;
}

static const char *put_argument(const char *at, va_list *args)
{
	struct field field = read_field(&at);

	if (*at == 's') {
		put_padded(va_arg(*args, const char *), &field);
	} else if (*at == 'd') {
		int value = va_arg(*args, int);

		put_number(value < 0 ? 0u - (unsigned)value : (unsigned)value, 10, value < 0,
			   &field);
	} else if (*at == 'l') {
		at++;
		put_number(va_arg(*args, unsigned long), *at == 'x' ? 16 : 10, false, &field);
	}
	return at;
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (const char *at = format; *at; at++) {
		if (*at == '%')
			at = put_argument(at + 1, &args);
		else
			put_char(*at);
	}
	va_end(args);
}

void say_line(void *ctx, const char *line)
{
	(void)ctx;
	say("    %s\n", line);
}

const char *last_argument(char *buffer, size_t size)
{
	struct {
		char *buffer;
		uint64_t size;
	} block = {buffer, size};
	const char *last = buffer;

	buffer[0] = '\0';
	if (semihosting_call(SYS_GET_CMDLINE, &block))
		return "";
	for (const char *at = buffer; *at; at++) {
		if (*at == ' ')
			last = at + 1;
	}
	return last;
}
