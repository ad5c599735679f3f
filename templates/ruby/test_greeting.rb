# frozen_string_literal: true

require_relative 'greeting'

raise 'a greeting names whom it is from' unless greeting('Ada').include?('Ada')

puts 'fine'
