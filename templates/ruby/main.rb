# frozen_string_literal: true

require_relative 'greeting'

puts greeting("Ruby #{RUBY_VERSION}")
